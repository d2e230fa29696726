import{b5 as e,b6 as n}from"../chunks/BUu1Z70e.js";export{e as component,n as universal};
