package muster.template.function;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import muster.registry.client.HealthCheck;
import muster.registry.client.KeyValue;
import muster.registry.client.Node;
import muster.registry.client.NodeWithServices;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceSummary;
import muster.template.language.GoText;
import muster.template.language.Type;
import muster.template.language.Value;

/** The registry's records as the structs that consul-template shows, same field names in the same order. */
final class RegistryValues {
    static final Type.Named PAIR = new Type.Named("*dependency.KeyPair");
    static final Type.Named INSTANCE = new Type.Named("*dependency.HealthService");
    static final Type.Named SNIPPET = new Type.Named("*dependency.CatalogSnippet");
    static final Type.Named CATALOG_NODE = new Type.Named("*dependency.CatalogNode");
    static final Type.Named NODE = new Type.Named("*dependency.Node");
    private static final Type.Named NODE_SERVICE = new Type.Named("*dependency.CatalogNodeService");
    private static final Type.Named CHECK = new Type.Named("*api.HealthCheck");
    private static final Type.Named SERVICE_ADDRESS = new Type.Named("api.ServiceAddress");
    private static final Type.Named WEIGHTS = new Type.Named("api.AgentWeights");

    private RegistryValues() {}

    static Value pair(KeyValue entry, String key) {
        return struct(PAIR, Map.entry("Path", Value.text(entry.key())), Map.entry("Key", Value.text(key)),
                Map.entry("Value", Value.text(GoText.of(entry.value()))), Map.entry("CreateIndex", unsigned(entry.createIndex())),
                Map.entry("ModifyIndex", unsigned(entry.modifyIndex())), Map.entry("LockIndex", unsigned(entry.lockIndex())),
                Map.entry("Flags", unsigned(entry.flags())), Map.entry("Session", Value.text(entry.session())));
    }

    /** The same pair under another key. */
    static Value withKey(Value.Struct pair, String key) {
        SequencedMap<String, Value> fields = new LinkedHashMap<>(pair.fields());
        fields.put("Key", Value.text(key));
        return new Value.Struct(pair.type(), fields, pair.methods(), pair.printed());
    }

    static Value pairs(List<Value> pairs) {
        return new Value.ListValue(PAIR, pairs);
    }

    static Value instances(List<ServiceInstance> instances) {
        return new Value.ListValue(INSTANCE, instances.stream().map(RegistryValues::instance).toList());
    }

    private static Value instance(ServiceInstance instance) {
        Node node = instance.node();
        Map<String, Value> tagged = new LinkedHashMap<>();
        instance.taggedAddresses().forEach((name, address) -> tagged.put(name, struct(SERVICE_ADDRESS,
                Map.entry("Address", Value.text(address.address())), Map.entry("Port", Value.integer(address.port())))));
        return struct(INSTANCE, Map.entry("Node", Value.text(node.name())), Map.entry("NodeID", Value.text(node.id())),
                Map.entry("NodeAddress", Value.text(node.address())),
                Map.entry("NodeTaggedAddresses", Value.textMap(node.taggedAddresses())),
                Map.entry("NodeMeta", Value.textMap(node.meta())), Map.entry("ServiceMeta", Value.textMap(instance.meta())),
                Map.entry("Address", Value.text(instance.effectiveAddress())),
                Map.entry("ServiceTaggedAddresses", Value.keyed(SERVICE_ADDRESS, tagged)),
                Map.entry("ID", Value.text(instance.id())), Map.entry("Name", Value.text(instance.name())),
                Map.entry("Tags", Value.texts(instance.tags().stream().sorted(GoText::compare).toList())),
                Map.entry("Checks", new Value.ListValue(CHECK, instance.checks().stream().map(RegistryValues::check).toList())),
                Map.entry("Status", Value.text(instance.status().toString())),
                Map.entry("Port", Value.integer(instance.port())),
                Map.entry("Weights", struct(WEIGHTS, Map.entry("Passing", Value.integer(instance.weights().passing())),
                        Map.entry("Warning", Value.integer(instance.weights().warning())))));
    }

    private static Value check(HealthCheck check) {
        return struct(CHECK, Map.entry("Node", Value.text(check.node())), Map.entry("CheckID", Value.text(check.checkId())),
                Map.entry("Name", Value.text(check.name())), Map.entry("Status", Value.text(check.status().toString())),
                Map.entry("Notes", Value.text(check.notes())), Map.entry("Output", Value.text(check.output())),
                Map.entry("ServiceID", Value.text(check.serviceId())), Map.entry("ServiceName", Value.text(check.serviceName())),
                Map.entry("ServiceTags", Value.texts(check.serviceTags())), Map.entry("Type", Value.text(check.type())),
                Map.entry("CreateIndex", unsigned(check.createIndex())), Map.entry("ModifyIndex", unsigned(check.modifyIndex())));
    }

    static Value services(List<ServiceSummary> services) {
        return new Value.ListValue(SNIPPET, services.stream().map(service -> struct(SNIPPET,
                Map.entry("Name", Value.text(service.name())),
                Map.entry("Tags", Value.texts(service.tags().stream().sorted(GoText::compare).toList())))).toList());
    }

    static Value nodes(List<Node> nodes) {
        return new Value.ListValue(NODE, nodes.stream().map(RegistryValues::node).toList());
    }

    private static Value node(Node node) {
        return struct(NODE, Map.entry("ID", Value.text(node.id())), Map.entry("Node", Value.text(node.name())),
                Map.entry("Address", Value.text(node.address())), Map.entry("Datacenter", Value.text(node.datacenter())),
                Map.entry("TaggedAddresses", Value.textMap(node.taggedAddresses())), Map.entry("Meta", Value.textMap(node.meta())));
    }

    /** A node that is not there has no {@code .Node} and no services. */
    static Value node(Optional<NodeWithServices> found) {
        List<Value> services = found.map(NodeWithServices::services).orElse(List.of()).stream()
                .sorted(Comparator.comparing(ServiceInstance::name).thenComparing(ServiceInstance::id))
                .map(RegistryValues::nodeService)
                .toList();
        return struct(CATALOG_NODE,
                Map.entry("Node", found.map(node -> node(node.node())).orElse(new Value.Nil(NODE))),
                Map.entry("Services", new Value.ListValue(NODE_SERVICE, services)));
    }

    private static Value nodeService(ServiceInstance service) {
        return struct(NODE_SERVICE, Map.entry("ID", Value.text(service.id())), Map.entry("Service", Value.text(service.name())),
                Map.entry("Tags", Value.texts(service.tags().stream().sorted(GoText::compare).toList())),
                Map.entry("Meta", Value.textMap(service.meta())), Map.entry("Port", Value.integer(service.port())),
                Map.entry("Address", Value.text(service.address())),
                Map.entry("EnableTagOverride", Value.bool(service.enableTagOverride())));
    }

    private static Value unsigned(long bits) {
        return new Value.Int(Type.Basic.UINT64, bits);
    }

    @SafeVarargs
    private static Value struct(Type.Named type, Map.Entry<String, Value>... fields) {
        SequencedMap<String, Value> all = new LinkedHashMap<>();
        for (Map.Entry<String, Value> field : fields) {
            all.put(field.getKey(), field.getValue());
        }
        return new Value.Struct(type, all, Map.of(), null);
    }
}
