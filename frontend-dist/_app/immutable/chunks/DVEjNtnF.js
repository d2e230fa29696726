import"./CL6jANk9.js";
