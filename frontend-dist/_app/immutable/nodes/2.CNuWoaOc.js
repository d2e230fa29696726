import{_ as e,w as n}from"../chunks/DNQh1WJ5.js";export{e as component,n as universal};
