import{_ as m}from"../chunks/cYks0JbF.js";export{m as component};
