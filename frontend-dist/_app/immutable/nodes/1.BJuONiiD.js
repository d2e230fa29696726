import{a_ as e}from"../chunks/DEmGnlrK.js";export{e as component};
