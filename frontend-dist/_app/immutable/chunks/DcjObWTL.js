import"./DEmGnlrK.js";
