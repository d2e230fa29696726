import"../chunks/BUu1Z70e.js";import{P as t}from"../chunks/DlUS4KSW.js";function a(o){t(o,{shared:!1})}export{a as component};
