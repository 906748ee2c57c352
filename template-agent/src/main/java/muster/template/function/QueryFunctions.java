package muster.template.function;

import static muster.template.language.Type.Basic.BOOL;
import static muster.template.language.Type.Basic.STRING;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import muster.registry.client.KeyValue;
import muster.registry.client.Node;
import muster.registry.client.NodeWithServices;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceSummary;
import muster.template.dependency.Dependency;
import muster.template.dependency.Expression;
import muster.template.language.Arguments;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.GoText;
import muster.template.language.Value;

/** Functions that read the registry. While an answer is not there they return the zero value of their type. */
final class QueryFunctions {
    private final Context context;

    QueryFunctions(Context context) {
        this.context = context;
    }

    static List<Function> list(Context context) {
        QueryFunctions q = new QueryFunctions(context);
        return List.of(
                Function.of("key", List.of(STRING), a -> q.key(a.text(0))),
                Function.of("keyExists", List.of(STRING), a -> q.keyExists(a.text(0))),
                Function.of("keyOrDefault", List.of(STRING, STRING), a -> q.keyOrDefault(a.text(0), a.text(1))),
                Function.of("ls", List.of(STRING), a -> q.pairs(a.text(0), false, false)),
                Function.of("tree", List.of(STRING), a -> q.pairs(a.text(0), true, false)),
                Function.of("safeLs", List.of(STRING), a -> q.pairs(a.text(0), false, true)),
                Function.of("safeTree", List.of(STRING), a -> q.pairs(a.text(0), true, true)),
                Function.variadic("service", List.of(), STRING,
                        a -> q.service(String.join("|", a.all().stream().map(v -> ((Value.Text) v).value()).toList()))),
                Function.variadic("services", List.of(), STRING, a -> q.services(only(a, "services"))),
                Function.variadic("node", List.of(), STRING, a -> q.node(only(a, "node"))),
                Function.variadic("nodes", List.of(), STRING, a -> q.nodes(only(a, "nodes"))),
                Function.variadic("datacenters", List.of(), BOOL, a -> {
                    atMostOne(a, "datacenters");
                    return q.datacenters();
                }));
    }

    /** Parses a query's text; what is wrong with it becomes the function's error. */
    static <D> D parse(java.util.function.Function<String, D> parser, String text) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new FunctionException(e.getMessage());
        }
    }

    Value key(String path) {
        if (path.isEmpty()) {
            return Value.EMPTY;
        }
        Dependency.RequiredKey dependency = parse(Expression::requiredKey, path);
        Optional<KeyValue> entry = context.recall(dependency).orElse(Optional.empty());
        if (entry.isEmpty()) {
            context.waitFor(dependency);
        }
        return entry.map(QueryFunctions::text).orElse(Value.EMPTY);
    }

    private Value keyExists(String path) {
        return Value.bool(!path.isEmpty() && context.recall(parse(Expression::optionalKey, path)).orElse(Optional.empty()).isPresent());
    }

    private Value keyOrDefault(String path, String fallback) {
        if (path.isEmpty()) {
            return Value.text(fallback);
        }
        return context.recall(parse(Expression::optionalKey, path)).orElse(Optional.empty())
                .filter(entry -> entry.value().length > 0)
                .map(QueryFunctions::text)
                .orElse(Value.text(fallback));
    }

    private static Value text(KeyValue entry) {
        return Value.text(GoText.of(entry.value()));
    }

    /** Keys below a prefix with the prefix cut off; hidden are folders and, unless {@code deep}, what lies in them. */
    Value pairs(String prefix, boolean deep, boolean required) {
        if (prefix.isEmpty()) {
            return RegistryValues.pairs(List.of());
        }
        Dependency.Pairs dependency = parse(Expression::pairs, prefix);
        List<Value> pairs = new ArrayList<>();
        for (KeyValue entry : context.recall(dependency).orElse(List.of())) {
            String key = entry.key().substring(dependency.prefix().length()).replaceFirst("^/+", "");
            boolean hidden = key.isEmpty() || key.endsWith("/") || !deep && key.contains("/");
            if (!hidden) {
                pairs.add(RegistryValues.pair(entry, key));
            }
        }
        if (required && pairs.isEmpty()) {
            context.waitFor(dependency);
        }
        return RegistryValues.pairs(pairs);
    }

    static Dependency.OptionalKey optionalKey(String path) {
        return parse(Expression::optionalKey, path);
    }

    Value service(String query) {
        if (query.isEmpty()) {
            return RegistryValues.instances(List.of());
        }
        Dependency.Service dependency = parse(Expression::service, query);
        List<ServiceInstance> instances = context.recall(dependency).orElse(List.of()).stream()
                .filter(instance -> dependency.states().isEmpty() || dependency.states().contains(instance.status()))
                .toList();
        if (dependency.near().isEmpty()) {
            instances = instances.stream()
                    .sorted(Comparator.comparing((ServiceInstance i) -> i.node().name()).thenComparing(ServiceInstance::id))
                    .toList();
        }
        return RegistryValues.instances(instances);
    }

    Value services(String query) {
        List<ServiceSummary> services = context.recall(parse(Expression::services, query)).orElse(List.of());
        return RegistryValues.services(services.stream().sorted(Comparator.comparing(ServiceSummary::name)).toList());
    }

    private Value node(String query) {
        Optional<Optional<NodeWithServices>> node = context.recall(parse(Expression::node, query));
        return node.map(RegistryValues::node).orElse(new Value.Nil(RegistryValues.CATALOG_NODE));
    }

    Value nodes(String query) {
        Dependency.Nodes dependency = parse(Expression::nodes, query);
        List<Node> nodes = context.recall(dependency).orElse(List.of());
        return RegistryValues.nodes(dependency.near().isEmpty()
                ? nodes.stream().sorted(Comparator.comparing(Node::name).thenComparing(Node::address)).toList() : nodes);
    }

    /** With {@code true}, unreachable ones are left out; the registry lists only those it can reach. */
    Value datacenters() {
        return Value.texts(context.recall(new Dependency.Datacenters()).orElse(List.of()));
    }

    private static void atMostOne(Arguments arguments, String name) {
        if (arguments.size() > 1) {
            throw new FunctionException(name + ": wrong number of arguments, expected 0 or 1, but got " + arguments.size());
        }
    }

    private static String only(Arguments arguments, String name) {
        atMostOne(arguments, name);
        return arguments.size() == 0 ? "" : arguments.text(0);
    }
}
