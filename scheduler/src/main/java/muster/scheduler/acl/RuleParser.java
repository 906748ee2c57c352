package muster.scheduler.acl;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import muster.hcl.ConfigTree;
import muster.hcl.ConfigTree.Node;
import muster.hcl.ConfigTree.Setting;
import muster.hcl.Diagnostics;
import muster.hcl.Value;
import muster.wire.GoQuote;

/** The rule language, in HCL or JSON. (Nomad: ACL policy specification) Pure. */
public final class RuleParser {
    private static final int MAX_LENGTH = 1 << 20;
    private static final Pattern NAMESPACE = Pattern.compile("[a-zA-Z0-9-*]{1,128}");
    private static final Pattern VOLUME = Pattern.compile("[a-zA-Z0-9-*]{1,128}");
    private static final Pattern NODE_POOL = Pattern.compile("[a-zA-Z0-9-_*]{1,128}");
    private static final List<String> PARTS = List.of("namespace", "host_volume", "node_pool", "agent", "node", "operator", "quota", "plugin");

    private final Map<String, Set<Capability>> namespaces = new TreeMap<>();
    private final Map<String, Map<String, Set<VariableCapability>>> variables = new TreeMap<>();
    private final Map<String, Access> hostVolumes = new TreeMap<>();
    private final Map<String, Set<NodePoolCapability>> nodePools = new TreeMap<>();
    private final Map<Resource, Access> wholes = new EnumMap<>(Resource.class);

    private RuleParser() {}

    /** Reads rules; throws {@link RulesException} for text that is none, or that says nothing. */
    public static Policy parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new RulesException("Failed to parse ACL Policy: the rules have " + text.length() + " characters, at most "
                    + MAX_LENGTH + " are taken; use several policies");
        }
        Diagnostics diagnostics = new Diagnostics();
        Node.Table table = ConfigTree.read("rules", text, diagnostics);
        if (diagnostics.hasErrors()) {
            throw new RulesException("Failed to parse ACL Policy: " + diagnostics.brief());
        }
        RuleParser parser = new RuleParser();
        table.settings().forEach((name, settings) -> settings.forEach(setting -> parser.part(name, setting)));
        Policy policy = new Policy(parser.namespaces, parser.variables, parser.hostVolumes, parser.nodePools, parser.wholes);
        if (policy.isEmpty()) {
            throw new RulesException("Invalid policy: " + text);
        }
        return policy;
    }

    private void part(String name, Setting setting) {
        switch (name) {
            case "namespace" -> named(setting, this::namespace);
            case "host_volume" -> named(setting, this::hostVolume);
            case "node_pool" -> named(setting, this::nodePool);
            case "agent" -> whole(Resource.AGENT, setting.value());
            case "node" -> whole(Resource.NODE, setting.value());
            case "operator" -> whole(Resource.OPERATOR, setting.value());
            case "quota" -> whole(Resource.QUOTA, setting.value());
            case "plugin" -> whole(Resource.PLUGIN, setting.value());
            default -> throw new RulesException("Failed to parse ACL Policy: " + setting.nameRange() + ": invalid key " + GoQuote.quote(name)
                    + "; rules are about " + String.join(", ", PARTS));
        }
    }

    private interface Rule {
        void take(String name, Node.Table table);
    }

    /** Each block of a name, or the block without one: the old way to write the default namespace. */
    private static void named(Setting setting, Rule rule) {
        for (Node.Table names : tables(setting)) {
            names.settings().forEach((name, settings) ->
                    settings.forEach(inner -> tables(inner).forEach(table -> rule.take(name, table))));
        }
    }

    private void namespace(String name, Node.Table table) {
        String policy = word(table, "policy");
        List<String> words = words(table, "capabilities");
        if (!NAMESPACE.matcher(name).matches()) {
            throw new RulesException("Invalid namespace name: " + shown("Namespace", name, policy, words));
        }
        Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
        if (!policy.isEmpty()) {
            capabilities.addAll(Capability.ofPolicy(policy)
                    .orElseThrow(() -> new RulesException("Invalid namespace policy: " + shown("Namespace", name, policy, words))));
        }
        for (String word : words) {
            capabilities.add(Capability.of(word).orElseThrow(
                    () -> new RulesException("Invalid namespace capability '" + word + "': " + shown("Namespace", name, policy, words))));
        }
        namespaces.merge(name, closed(Capability.DENY, capabilities), RuleParser::both);
        for (Setting setting : table.settings().getOrDefault("variables", List.of())) {
            tables(setting).forEach(block -> block.settings().getOrDefault("path", List.of())
                    .forEach(path -> named(path, (spec, rule) -> variables(name, spec, rule))));
        }
    }

    private void variables(String namespace, String path, Node.Table table) {
        Set<VariableCapability> capabilities = EnumSet.noneOf(VariableCapability.class);
        for (String word : words(table, "capabilities")) {
            capabilities.add(VariableCapability.of(word).orElseThrow(() -> new RulesException(
                    "Invalid variable capability '" + word + "' in namespace " + GoQuote.quote(namespace) + " for path " + GoQuote.quote(path))));
        }
        if (capabilities.contains(VariableCapability.READ)) {
            capabilities.add(VariableCapability.LIST);
        }
        variables.computeIfAbsent(namespace, n -> new TreeMap<>())
                .merge(path.startsWith("/") ? path.substring(1) : path, closed(VariableCapability.DENY, capabilities), RuleParser::both);
    }

    private void hostVolume(String name, Node.Table table) {
        String policy = word(table, "policy");
        List<String> words = words(table, "capabilities");
        if (!VOLUME.matcher(name).matches()) {
            throw new RulesException("Invalid host volume name: " + shown("HostVolume", name, policy, words));
        }
        Access access = null;
        if (!policy.isEmpty()) {
            access = switch (policy) {
                case "deny" -> Access.DENY;
                case "read" -> Access.READ;
                case "write" -> Access.WRITE;
                default -> throw new RulesException("Invalid host volume policy: " + shown("HostVolume", name, policy, words));
            };
        }
        for (String word : words) {
            Access one = switch (word) {
                case "deny" -> Access.DENY;
                case "mount-readonly" -> Access.READ;
                case "mount-readwrite" -> Access.WRITE;
                default -> throw new RulesException("Invalid host volume capability '" + word + "': " + shown("HostVolume", name, policy, words));
            };
            access = access == null ? one : access.and(one);
        }
        if (access != null) {
            hostVolumes.merge(name, access, Access::and);
        }
    }

    private void nodePool(String name, Node.Table table) {
        String policy = word(table, "policy");
        List<String> words = words(table, "capabilities");
        if (!NODE_POOL.matcher(name).matches()) {
            throw new RulesException("Invalid node pool name '" + name + "'");
        }
        Set<NodePoolCapability> capabilities = EnumSet.noneOf(NodePoolCapability.class);
        if (!policy.isEmpty()) {
            capabilities.addAll(NodePoolCapability.ofPolicy(policy)
                    .orElseThrow(() -> new RulesException("Invalid node pool policy: " + shown("NodePool", name, policy, words))));
        }
        for (String word : words) {
            capabilities.add(NodePoolCapability.of(word).orElseThrow(
                    () -> new RulesException("Invalid node pool capability '" + word + "': " + shown("NodePool", name, policy, words))));
        }
        nodePools.merge(name, closed(NodePoolCapability.DENY, capabilities), RuleParser::both);
    }

    private void whole(Resource resource, Node value) {
        if (!(value instanceof Node.Table) && !(value instanceof Node.Items)) {
            throw new RulesException("Failed to parse ACL Policy: " + value.range() + ": " + resource + " needs a block with its policy");
        }
        for (Node.Table table : tables(value)) {
            String word = word(table, "policy");
            Access access = Access.of(word, resource).orElseThrow(() -> new RulesException("Invalid " + resource + " policy: &acl."
                    + Character.toUpperCase(resource.toString().charAt(0)) + resource.toString().substring(1) + "Policy{Policy:"
                    + GoQuote.quote(word) + "}"));
            wholes.merge(resource, access, Access::and);
        }
    }

    private static <E extends Enum<E>> Set<E> closed(E denial, Set<E> capabilities) {
        return capabilities.contains(denial) ? EnumSet.of(denial) : capabilities;
    }

    private static <E extends Enum<E>> Set<E> both(Set<E> a, Set<E> b) {
        Set<E> all = EnumSet.copyOf(a);
        all.addAll(b);
        return all;
    }

    /** A rule as the original's debugger shows it, since that is what its messages are made of. */
    private static String shown(String type, String name, String policy, List<String> capabilities) {
        String list = capabilities.isEmpty() ? "[]string(nil)"
                : capabilities.stream().map(GoQuote::quote).collect(Collectors.joining(", ", "[]string{", "}"));
        return "&acl." + type + "Policy{Name:" + GoQuote.quote(name) + ", Policy:" + GoQuote.quote(policy) + ", Capabilities:" + list + "}";
    }

    private static List<Node.Table> tables(Setting setting) {
        List<Node.Table> found = tables(setting.value());
        if (found.isEmpty()) {
            throw new RulesException("Failed to parse ACL Policy: " + setting.nameRange() + ": " + setting.name()
                    + " needs a name and a block");
        }
        return found;
    }

    private static List<Node.Table> tables(Node node) {
        return switch (node) {
            case Node.Table table -> List.of(table);
            case Node.Items items -> items.items().stream().flatMap(item -> tables(item).stream()).toList();
            case Node.Scalar scalar -> List.of();
        };
    }

    private static String word(Node.Table table, String name) {
        List<Setting> settings = table.settings().getOrDefault(name, List.of());
        return settings.isEmpty() ? "" : text(settings.getLast().value(), name);
    }

    private static List<String> words(Node.Table table, String name) {
        List<String> words = new ArrayList<>();
        for (Setting setting : table.settings().getOrDefault(name, List.of())) {
            if (setting.value() instanceof Node.Items items) {
                items.items().forEach(item -> words.add(text(item, name)));
            } else {
                words.add(text(setting.value(), name));
            }
        }
        return words;
    }

    private static String text(Node node, String name) {
        if (node instanceof Node.Scalar(Value.Text(String text), var range)) {
            return text;
        }
        throw new RulesException("Failed to parse ACL Policy: " + node.range() + ": " + name + " has to be a text");
    }
}
