import{br as r,bs as o}from"../chunks/BUu1Z70e.js";export{r as load_css,o as start};
