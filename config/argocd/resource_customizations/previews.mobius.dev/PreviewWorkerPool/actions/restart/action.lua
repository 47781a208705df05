local os = require("os")
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["previews.mobius.dev/restarted-at"] = os.date("!%Y-%m-%dT%XZ")
return obj
