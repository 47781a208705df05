local suspended = obj.spec.suspend == true
-- The API server refuses to suspend a pool whose replicas another controller owns.
local external = obj.spec.scaling ~= nil and obj.spec.scaling.mode == "External"

local actions = {}
actions["suspend"] = {
  ["disabled"] = suspended or external,
  ["iconClass"] = "fa fa-fw fa-pause-circle"
}
actions["resume"] = {
  ["disabled"] = not suspended,
  ["iconClass"] = "fa fa-fw fa-play-circle"
}
actions["restart"] = {
  ["iconClass"] = "fa fa-fw fa-redo"
}
return actions
