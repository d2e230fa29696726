import"./BUu1Z70e.js";
