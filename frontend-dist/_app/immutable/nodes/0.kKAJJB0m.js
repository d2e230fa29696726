import{aY as e,aZ as n}from"../chunks/DEmGnlrK.js";export{e as component,n as universal};
