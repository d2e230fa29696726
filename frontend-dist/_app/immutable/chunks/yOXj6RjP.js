import"./DCXXGyDA.js";
