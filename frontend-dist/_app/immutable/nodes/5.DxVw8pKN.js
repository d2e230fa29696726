import{x as m}from"../chunks/CaW60Ku_.js";export{m as component};
