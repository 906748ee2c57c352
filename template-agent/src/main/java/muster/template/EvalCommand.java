package muster.template;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.template.config.Servers;
import muster.template.dependency.ApiDependency;
import muster.template.dependency.Dependency;
import muster.template.dependency.Values;
import muster.template.function.Context;
import muster.template.language.Delimiters;
import muster.template.language.GoText;
import muster.template.language.MissingKey;
import muster.template.language.TemplateException;
import muster.template.language.Value;
import muster.template.render.Dialect;
import muster.template.render.RenderResult;
import muster.template.render.Renderer;
import muster.template.render.Machine;
import muster.template.render.Sandbox;
import muster.template.source.Retry;
import muster.wire.Json;
import muster.wire.JsonException;

/** {@code template eval}: renders a file once and prints the result, so that the language can be tried. */
final class EvalCommand {
    private static final int MAX_PASSES = 50;
    private static final Set<String> VALUED =
            Set.of("data", "dialect", "missing-key", "left-delimiter", "right-delimiter", "consul-addr", "consul-token");

    private final Map<String, String> env;
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final TemplateCommand.Connector connector;

    EvalCommand(Map<String, String> env, InputStream in, PrintStream out, PrintStream err, TemplateCommand.Connector connector) {
        this.env = env;
        this.in = in;
        this.out = out;
        this.err = err;
        this.connector = connector;
    }

    /** Something the user has to mend. */
    private static final class EvalException extends RuntimeException {
        EvalException(String message) {
            super(message);
        }
    }

    int run(List<String> args) {
        try {
            Flags flags = Flags.parse(args, Set.of(), VALUED, Set.of());
            if (flags.words().size() != 1) {
                throw new EvalException("eval takes one FILE, found " + flags.words());
            }
            byte[] output = GoText.bytes(render(flags));
            out.write(output, 0, output.length);
            out.flush();
            return 0;
        } catch (EvalException | Flags.FlagException | TemplateException | IllegalArgumentException | RegistryException e) {
            err.println(e.getMessage());
            return 1;
        }
    }

    private String render(Flags flags) {
        String file = flags.words().getFirst();
        Value data = data(flags.text("data", ""));
        Delimiters delimiters = new Delimiters(flags.text("left-delimiter", ""), flags.text("right-delimiter", ""));
        Renderer renderer = Renderer.parse(file, GoText.of(read(file)), Dialect.of(flags.text("dialect", ""), file),
                delimiters, missingKey(flags.text("missing-key", "default")));
        Context.Settings settings = new Context.Settings(env, List.of(), new Machine(Sandbox.open(Path.of(""))));
        String address = flags.text("consul-addr", "");
        if (address.isEmpty()) {
            return passes(renderer, settings, data, Optional.empty());
        }
        String token = flags.text("consul-token", env.getOrDefault("CONSUL_HTTP_TOKEN", ""));
        try (RegistryClient registry = connector.connect(
                new Servers.Consul(address, token, "", Map.of(), Optional.empty(), Retry.DEFAULT, 16), Duration.ofSeconds(60))) {
            return passes(renderer, settings, data, Optional.of(registry));
        }
    }

    private static MissingKey missingKey(String word) {
        return switch (word) {
            case "default", "invalid" -> MissingKey.DEFAULT;
            case "zero" -> MissingKey.ZERO;
            case "error" -> MissingKey.ERROR;
            default -> throw new EvalException("-missing-key=" + word + ": it is default, zero or error");
        };
    }

    private String passes(Renderer renderer, Context.Settings settings, Value data, Optional<RegistryClient> registry) {
        Map<Dependency<?>, Object> known = new HashMap<>();
        for (int pass = 0; pass < MAX_PASSES; pass++) {
            RenderResult result = renderer.render(data, new Values(known), settings, Instant.now());
            if (result instanceof RenderResult.Rendered rendered) {
                return rendered.text();
            }
            if (result instanceof RenderResult.Failed failed) {
                throw new EvalException(failed.message());
            }
            Set<Dependency<?>> missing = ((RenderResult.Missing) result).missing();
            int before = known.size();
            missing.forEach(dependency -> known.computeIfAbsent(dependency, wanted -> fetch(wanted, registry)));
            if (known.size() == before) {
                throw new EvalException("missing: "
                        + missing.stream().map(Object::toString).sorted().collect(Collectors.joining(", ")));
            }
        }
        throw new EvalException("after " + MAX_PASSES + " passes the template still asks for more");
    }

    private Object fetch(Dependency<?> dependency, Optional<RegistryClient> registry) {
        return switch (dependency) {
            case Dependency.FileContents file -> GoText.of(read(file.path()));
            case ApiDependency api -> throw new EvalException(
                    "the template reads " + api + ", which eval does not ask for; render it with consul-template -once -dry");
            case Dependency.OfRegistry<?> query -> {
                RegistryClient client = registry.orElseThrow(() -> new EvalException(
                        "the template reads " + dependency + ": say from which registry with -consul-addr"));
                yield dependency instanceof Dependency.NodeDetail node && node.name().isEmpty()
                        ? client.read(new Query.NodeServices(client.self().nodeName(), query.query().scope())).value()
                        : client.read(query.query()).value();
            }
        };
    }

    private Value data(String file) {
        if (file.isEmpty()) {
            return Value.NOTHING;
        }
        try {
            return Value.ofJson(Json.parse(read(file)));
        } catch (JsonException e) {
            throw new EvalException(file + ": " + e.getMessage());
        }
    }

    private byte[] read(String file) {
        try {
            return file.equals("-") ? in.readAllBytes() : Files.readAllBytes(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new EvalException(file + ": no such file");
        } catch (IOException e) {
            throw new EvalException(file + ": " + e.getMessage());
        }
    }
}
