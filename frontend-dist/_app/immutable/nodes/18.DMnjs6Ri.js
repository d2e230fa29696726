import{_ as m}from"../chunks/CMtlH_lQ.js";export{m as component};
