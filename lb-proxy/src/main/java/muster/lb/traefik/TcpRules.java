package muster.lb.traefik;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import muster.lb.exchange.ConnectionDispatcher.Head;
import muster.lb.route.AccessRules;

/**
 * A rule of a TCP router as a test of connections (Traefik: "TCP Routers").
 *
 * @param hasNames whether it asks for a server name other than {@code *}, which only TLS tells
 */
record TcpRules(Predicate<Head> matches, boolean hasNames, boolean isCatchAll) {
    /** Reads it; throws {@link IllegalArgumentException} saying why it can't be used. */
    static TcpRules of(String rule, RuleMatcher.Syntax syntax) {
        RuleNode tree = RuleParser.parse(rule);
        List<String> names = new ArrayList<>();
        Predicate<Head> matches = RuleMatcher.compile(tree, call -> one(call, syntax, names));
        boolean isCatchAll = names.stream().allMatch("*"::equals);
        return new TcpRules(matches, !isCatchAll, isCatchAll);
    }

    private static Predicate<Head> one(RuleNode.Call call, RuleMatcher.Syntax syntax, List<String> names) {
        List<String> values = call.arguments();
        int most = syntax == RuleMatcher.Syntax.V2 ? Integer.MAX_VALUE : 1;
        if (values.isEmpty() || values.size() > most) {
            throw new IllegalArgumentException("unexpected number of parameters for " + call.name() + "; got " + values.size() + ", expected 1");
        }
        return values.stream().map(value -> switch (call.name().toLowerCase(Locale.ROOT)) {
            case "hostsni" -> name(value, names);
            case "hostsniregexp" -> {
                names.add(value);
                Pattern pattern = pattern(syntax == RuleMatcher.Syntax.V2 ? RuleMatcher.anchoredHost(value) : value);
                yield (Predicate<Head>) head -> pattern.matcher(head.serverName()).find();
            }
            case "clientip" -> address(value);
            case "alpn" -> (Predicate<Head>) head -> head.protocols().contains(value);
            default -> throw new IllegalArgumentException("unsupported function: " + call.name()
                    + "; TCP rules have HostSNI, HostSNIRegexp, ClientIP and ALPN");
        }).reduce(Predicate::or).orElseThrow();
    }

    private static Predicate<Head> name(String value, List<String> names) {
        if (value.isEmpty() || !value.equals("*") && !value.matches("[a-zA-Z0-9_.\\-]+")) {
            throw new IllegalArgumentException("invalid value for HostSNI matcher, \"" + value + "\" is not a valid hostname");
        }
        names.add(value);
        String wanted = value.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        return value.equals("*") ? head -> true : head -> head.serverName().equals(wanted);
    }

    private static Predicate<Head> address(String value) {
        AccessRules rules = new AccessRules(true, List.of(AccessRules.block(value).orElseThrow(() ->
                new IllegalArgumentException("invalid value for ClientIP matcher: \"" + value + "\" is neither an address nor a network"))));
        return head -> rules.admits(List.of(head.peer().address()));
    }

    private static Pattern pattern(String expression) {
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("compiling HostSNIRegexp matcher: " + e.getMessage(), e);
        }
    }
}
