import{a$ as e,b0 as n}from"../chunks/DEmGnlrK.js";export{e as component,n as universal};
