import{bs as t,bt as o}from"../chunks/CL6jANk9.js";export{t as load_css,o as start};
