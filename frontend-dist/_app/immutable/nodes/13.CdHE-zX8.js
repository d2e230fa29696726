import"../chunks/CL6jANk9.js";import{P as t}from"../chunks/CH8aOPdS.js";function e(o){t(o,{shared:!0})}export{e as component};
