import{b4 as m}from"../chunks/BUu1Z70e.js";export{m as component};
