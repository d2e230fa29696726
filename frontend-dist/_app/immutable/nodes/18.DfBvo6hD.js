import{_ as m}from"../chunks/Dp5v5dS0.js";export{m as component};
