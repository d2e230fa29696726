import{_ as e,w as n}from"../chunks/DCXXGyDA.js";export{e as component,n as universal};
