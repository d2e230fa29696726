import{x as m}from"../chunks/DCXXGyDA.js";export{m as component};
