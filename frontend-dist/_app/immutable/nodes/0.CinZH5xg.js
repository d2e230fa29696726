import{b2 as e,b3 as n}from"../chunks/BUu1Z70e.js";export{e as component,n as universal};
