import"../chunks/DEmGnlrK.js";import{P as t}from"../chunks/CZbIyN-U.js";function a(o){t(o,{shared:!1})}export{a as component};
