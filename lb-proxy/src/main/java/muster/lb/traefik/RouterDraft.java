package muster.lb.traefik;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import muster.lb.route.PrefixTree;
import muster.lb.traefik.TraefikTable.Router;
import muster.lb.traefik.TraefikTable.Status;
import muster.lb.tree.Values;

/** A router in the making: what it uses, and what is wrong with it. One use, one thread. */
final class RouterDraft {
    private static final long MAX_PRIORITY = Long.MAX_VALUE - 1000;
    /** Of routers for connections that take whatever is left. */
    private static final long CATCH_ALL_PRIORITY = -1;

    final List<String> errors = new ArrayList<>();
    final List<String> using;
    final String service;
    private final Kind kind;
    private final String name;
    private final Values spec;
    private final List<String> warnings = new ArrayList<>();
    private final List<String> entryPoints;

    /** What a draft looks up. */
    interface Known {
        TraefikConfig config();

        EntryPointNames entryPoints();

        Optional<Values> definition(Kind kind, String name);

        /** All of a kind, by complete name. */
        PrefixTree<Values> definitions(Kind kind);

        /** Why it can't be used. */
        Optional<String> error(Kind kind, String name);
    }

    RouterDraft(Known known, Kind kind, String name, Values spec) {
        this.kind = kind;
        this.name = name;
        this.spec = spec;
        String protocol = kind == Kind.UDP_ROUTER ? "udp" : "tcp";
        List<String> there = known.entryPoints().of(protocol);
        this.entryPoints = spec.texts("entryPoints").isEmpty() ? known.entryPoints().usual(protocol) : spec.texts("entryPoints");
        // One list for both, and for all routers, where there is nothing to leave out.
        this.using = there.containsAll(entryPoints) ? entryPoints : entryPoints.stream().filter(there::contains).toList();
        entryPoints.stream().filter(entry -> !there.contains(entry)).forEach(entry -> warnings.add("entryPoint \"" + entry + "\" doesn't exist"));
        if (using.isEmpty()) {
            errors.add("no valid entryPoint for this router");
        }
        this.service = complete(spec.text("service"), name);
        Kind target = kind == Kind.HTTP_ROUTER ? Kind.HTTP_SERVICE : kind == Kind.TCP_ROUTER ? Kind.TCP_SERVICE : Kind.UDP_SERVICE;
        if (spec.text("service").isEmpty()) {
            errors.add("the service is missing on the router");
        } else if (known.definition(target, service).isEmpty()) {
            errors.add("the " + (target == Kind.HTTP_SERVICE ? "" : target.section() + " ") + "service \"" + service + "\" does not exist");
        } else {
            known.error(target, service).ifPresent(errors::add);
        }
        if (spec.whole("priority") > MAX_PRIORITY && !name.endsWith("@internal")) {
            errors.add("the router priority " + spec.whole("priority") + " exceeds the max user-defined priority " + MAX_PRIORITY);
        }
        String resolver = spec.sectionOrNone("tls").text("certResolver");
        if (!resolver.isEmpty()) {
            warnings.add("router uses a nonexistent certificate resolver: " + resolver + "; certificates come from files here, ACME is not supported");
        }
        String options = spec.sectionOrNone("tls").text("options");
        if (!options.isEmpty() && !options.equals("default") && known.definition(Kind.TLS_OPTIONS, complete(options, name)).isEmpty()) {
            errors.add("unknown TLS options: " + complete(options, name));
        }
        if (!options.isEmpty()) {
            known.definition(Kind.TLS_OPTIONS, options.equals(TlsFiles.DEFAULT) ? TlsFiles.DEFAULT + "@file" : complete(options, name))
                    .flatMap(TlsFiles::problem).ifPresent(problem -> errors.add("TLS options " + options + ": " + problem));
        }
    }

    Router done() {
        Status status = !errors.isEmpty() ? Status.DISABLED : warnings.isEmpty() ? Status.ENABLED : Status.WARNING;
        List<String> told = new ArrayList<>(warnings);
        told.addAll(errors);
        boolean isLast = kind == Kind.TCP_ROUTER && spec.text("rule").matches("(?i)\\s*HostSNI\\(\\s*(`\\*`|\"\\*\")\\s*\\)\\s*");
        long priority = spec.whole("priority") != 0 ? spec.whole("priority") : isLast ? CATCH_ALL_PRIORITY : spec.text("rule").length();
        return new Router(kind, name, spec, priority, entryPoints, using, service,
                List.copyOf(spec.texts("middlewares").stream().map(used -> complete(used, name)).toList()), status, List.copyOf(told));
    }

    static String ruleError(String rule, IllegalArgumentException e) {
        return e.getMessage().startsWith("error while parsing rule") ? e.getMessage() : "error while adding rule " + rule + ": " + e.getMessage();
    }

    /** The rules' form for a router. */
    static RuleMatcher.Syntax syntax(TraefikConfig config, String own) {
        boolean isOld = own.isEmpty() ? config.ruleSyntax() == TraefikConfig.RuleSyntax.V2 : own.equals("v2");
        return isOld ? RuleMatcher.Syntax.V2 : RuleMatcher.Syntax.V3;
    }

    /** A name with its provider: its own, or that of who names it. */
    static String complete(String name, String user) {
        return name.indexOf('@') >= 0 ? name : name + user.substring(user.lastIndexOf('@'));
    }
}
