import{bl as o,bm as r}from"../chunks/DEmGnlrK.js";export{o as load_css,r as start};
