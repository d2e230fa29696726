import"../chunks/CL6jANk9.js";import{P as t}from"../chunks/CH8aOPdS.js";function a(o){t(o,{shared:!1})}export{a as component};
