import"../chunks/BUu1Z70e.js";import{P as t}from"../chunks/DlUS4KSW.js";function e(o){t(o,{shared:!0})}export{e as component};
