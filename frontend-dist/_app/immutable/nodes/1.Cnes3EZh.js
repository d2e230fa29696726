import{b5 as m}from"../chunks/CL6jANk9.js";export{m as component};
