import{x as m}from"../chunks/DNQh1WJ5.js";export{m as component};
