package muster.template.dependency;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import muster.registry.client.HealthCheck.Status;
import muster.wire.GoQuote;

/**
 * Reads the strings that query functions take, such as {@code v1.web@dc1~near|passing}. All methods throw
 * {@link IllegalArgumentException} with consul-template's text for a string that does not fit.
 */
public final class Expression {
    private static final String QUERY = "(\\?(?P<query>[[:word:]\\-=&]+))?";
    private static final String DATACENTER = "(@(?P<dc>[[:word:]\\.\\-]+))?";
    private static final String NEAR = "(~(?P<near>[[:word:]\\.\\-]+))?";
    private static final Pattern KEY = Pattern.compile("\\A/?(?P<name>[^@\\?]+)" + QUERY + DATACENTER + "\\z");
    private static final Pattern SERVICE = Pattern.compile("\\A((?P<tag>[[:word:]=:\\.\\-]+)\\.)?(?P<name>[[:word:]\\-]+)" + QUERY
            + DATACENTER + NEAR + "(\\|(?P<filter>[[:word:],]+))?\\z");
    private static final Pattern SERVICES = Pattern.compile("\\A" + QUERY + DATACENTER + "\\z");
    private static final Pattern NODES = Pattern.compile("\\A" + QUERY + DATACENTER + NEAR + "\\z");
    private static final Pattern NODE = Pattern.compile("\\A(?P<name>[[:word:]\\.\\-]+)?" + QUERY + DATACENTER + "\\z");
    private static final Set<String> PARAMETERS = Set.of("ns", "partition", "peer", "sameness-group");

    private Expression() {}

    /** For {@code key}: {@code PATH[@dc]}. */
    public static Dependency.RequiredKey requiredKey(String text) {
        Matcher match = match(KEY, "kv.get", text);
        return new Dependency.RequiredKey(group(match, "name"), group(match, "dc"));
    }

    /** For {@code keyExists} and {@code keyOrDefault}: {@code PATH[@dc]}. */
    public static Dependency.OptionalKey optionalKey(String text) {
        Matcher match = match(KEY, "kv.get", text);
        return new Dependency.OptionalKey(group(match, "name"), group(match, "dc"));
    }

    /** For {@code ls} and {@code tree}: {@code PREFIX[@dc]}; a lone slash is the root. */
    public static Dependency.Pairs pairs(String text) {
        Matcher match = match(KEY, "kv.list", text);
        String prefix = group(match, "name");
        return new Dependency.Pairs(prefix.equals("/") ? "" : prefix, group(match, "dc"));
    }

    /** For {@code service}: {@code [TAG.]NAME[@dc][~near][|state,state]}; without states only passing ones. */
    public static Dependency.Service service(String text) {
        Matcher match = match(SERVICE, "health.service", text);
        return new Dependency.Service(group(match, "name"), group(match, "tag"), group(match, "dc"), group(match, "near"),
                states(group(match, "filter"), text));
    }

    private static List<Status> states(String filter, String text) {
        if (filter.isEmpty()) {
            return List.of(Status.PASSING);
        }
        EnumSet<Status> states = EnumSet.noneOf(Status.class);
        boolean any = false;
        for (String word : filter.split(",")) {
            if (word.equals("any")) {
                any = true;
            } else if (!word.isEmpty()) {
                states.add(Arrays.stream(Status.values()).filter(status -> status.toString().equals(word)).findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("health.service: invalid filter: "
                                + GoQuote.quote(word) + " in " + GoQuote.quote(text))));
            }
        }
        return any ? List.of() : new ArrayList<>(states);
    }

    /** For {@code services}: {@code [@dc]}. */
    public static Dependency.Services services(String text) {
        return new Dependency.Services(group(match(SERVICES, "catalog.services", text), "dc"));
    }

    /** For {@code nodes}: {@code [@dc][~near]}. */
    public static Dependency.Nodes nodes(String text) {
        Matcher match = match(NODES, "catalog.nodes", text);
        return new Dependency.Nodes(group(match, "dc"), group(match, "near"));
    }

    /** For {@code node}: {@code [NAME][@dc]}. */
    public static Dependency.NodeDetail node(String text) {
        Matcher match = match(NODE, "catalog.node", text);
        return new Dependency.NodeDetail(group(match, "name"), group(match, "dc"));
    }

    private static Matcher match(Pattern pattern, String what, String text) {
        Matcher match = pattern.matcher(text);
        if (!match.find()) {
            throw new IllegalArgumentException(what + ": invalid format: " + GoQuote.quote(text));
        }
        refuseParameters(group(match, "query"), what);
        return match;
    }

    /** Namespaces, partitions and peers belong to editions of Consul that the registry client does not speak to. */
    private static void refuseParameters(String query, String what) {
        if (query.isEmpty()) {
            return;
        }
        List<String> names = Arrays.stream(query.split("&")).map(part -> part.replaceAll("=.*", "")).toList();
        for (String name : names) {
            if (!PARAMETERS.contains(name)) {
                throw new IllegalArgumentException(what + ": invalid query parameter key " + GoQuote.quote(name) + " in query "
                        + GoQuote.quote(query) + ": supported keys: ns,peer,partition,sameness-group");
            }
        }
        if (names.contains("peer") && names.contains("sameness-group")) {
            throw new IllegalArgumentException(what + ": cannot specify both peer and sameness-group");
        }
        throw new IllegalArgumentException(what + ": query " + GoQuote.quote(query)
                + ": namespaces, partitions and peers need Consul Enterprise; leave the parameter out");
    }

    private static String group(Matcher match, String name) {
        String text = match.group(name);
        return text == null ? "" : text;
    }
}
