import"./CaW60Ku_.js";
