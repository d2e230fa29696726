import"./DNQh1WJ5.js";
