import{b6 as e,b7 as n}from"../chunks/CL6jANk9.js";export{e as component,n as universal};
