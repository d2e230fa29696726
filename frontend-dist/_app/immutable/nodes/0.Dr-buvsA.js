import{b3 as e,b4 as n}from"../chunks/CL6jANk9.js";export{e as component,n as universal};
