import"../chunks/DEmGnlrK.js";import{P as t}from"../chunks/CZbIyN-U.js";function e(o){t(o,{shared:!0})}export{e as component};
