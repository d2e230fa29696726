import{_ as e,w as n}from"../chunks/CaW60Ku_.js";export{e as component,n as universal};
