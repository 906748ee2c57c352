package muster.agent;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import muster.http.Transports;
import muster.dns.program.DnsCommand;
import muster.lb.fabio.FabioBalancer;
import muster.lb.fabio.FabioConfig;
import muster.lb.fabio.FabioHelp;
import muster.lb.fabio.FabioSettings;
import muster.lb.traefik.TraefikBalancer;
import muster.lb.traefik.TraefikConfig;
import muster.lb.traefik.TraefikSettings;
import muster.registry.client.RegistryClient;
import muster.registry.client.http.HttpRegistryClient;
import muster.registry.client.http.HttpRegistrySettings;

/** The programs that stay up, each under the name and with the arguments that its users know. Returns exit codes. */
final class Programs {
    private static final int MAX_PROPERTIES = 1 << 20;

    private Programs() {}

    static int run(String tool, List<String> line) throws InterruptedException {
        String first = line.isEmpty() ? "" : line.getFirst();
        List<String> rest = line.isEmpty() ? line : line.subList(1, line.size());
        return switch (tool) {
            case "consul-template" -> template(line);
            case "fabio" -> fabio(line);
            case "traefik" -> traefik(line);
            default -> switch (first) {
                case "agent" -> Main.agent(tool, rest);
                case "validate" -> Validate.run(rest);
                case "tls" -> new TlsCommand(Path.of(""), System.out, System.err, InstantSource.system().instant()).run(rest);
                case "template" -> template(rest);
                case "lb" -> balancer(rest);
                case "dns" -> names(rest);
                default -> {
                    System.err.println("\"" + first + "\" is no program that stays up: agent, template, lb and dns are");
                    yield 1;
                }
            };
        };
    }

    /** The template agent has a log of its own; what lies below it speaks up only when something is wrong. */
    private static int template(List<String> args) {
        try {
            AgentOptions.Log usual = AgentOptions.Log.USUAL;
            new Logging(new AgentOptions.Log(AgentOptions.LogLevel.WARN, false, usual.file(), usual.rotateBytes(), usual.rotateAfter(), usual.keep()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return muster.template.TemplateCommand.run(args, System.getenv(), System.in, System.out, System.err);
    }

    /** {@code muster dns}: beside somebody else's registry. */
    private static int names(List<String> args) throws InterruptedException {
        logging();
        try {
            DnsCommand running = DnsCommand.start(args, System.getenv(), new SharedRandom(), System.out, System.err);
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(running::close));
        } catch (DnsCommand.NotStarted e) {
            return e.exit();
        }
        new CountDownLatch(1).await();
        return 0;
    }

    /** {@code muster lb}: in Fabio's manner unless a Traefik file is named. */
    private static int balancer(List<String> args) throws InterruptedException {
        if (!args.isEmpty() && BalancerCommands.NAMES.contains(args.getFirst())) {
            return new BalancerCommands(System.out, System.err).run(args, System.getenv());
        }
        if (args.size() == 1 && args.getFirst().matches("--?h(elp)?")) {
            System.out.print(BalancerCommands.HELP);
            return 0;
        }
        return TraefikSettings.file(args).isPresent() ? traefik(args) : fabio(args);
    }

    private static int fabio(List<String> args) throws InterruptedException {
        if (args.size() == 1 && args.getFirst().matches("--?v(ersion)?")) {
            System.out.println("1.6.3 (Muster 0.1.0)");
            return 0;
        }
        if (args.stream().anyMatch(arg -> arg.matches("--?h(elp)?"))) {
            System.out.print(FabioHelp.text());
            return 0;
        }
        Optional<String> file = FabioSettings.file(args);
        String text;
        try {
            text = file.isPresent() ? properties(file.get()) : "";
        } catch (IOException e) {
            System.err.println("[FATAL] 1.6.3. can't read " + file.get() + ": " + e.getMessage());
            return 1;
        }
        FabioSettings settings = FabioSettings.read(args, System.getenv(), file.orElse(""), text);
        if (settings.config().isEmpty()) {
            settings.problems().forEach(System.err::println);
            return settings.exit();
        }
        FabioConfig config = settings.config().get();
        FabioConfig.Consul consul = config.consul();
        return stay(consul.scheme() + "://" + consul.address(), consul.token(), (registry, vertx) -> {
            FabioBalancer balancer = FabioBalancer.start(config, registry, vertx);
            System.out.println("==> fabio listens on port " + balancer.proxyPort() + ", UI and API on port " + balancer.apiPort());
            return balancer;
        });
    }

    /** A file's text, or what a URL answers. */
    private static String properties(String place) throws IOException {
        if (!place.matches("https?://.*")) {
            return Files.readString(Path.of(place));
        }
        try (InputStream in = URI.create(place).toURL().openStream()) {
            return new String(in.readNBytes(MAX_PROPERTIES), StandardCharsets.UTF_8);
        }
    }

    private static int traefik(List<String> args) throws InterruptedException {
        if (args.size() == 1 && args.getFirst().equals("version")) {
            System.out.println("Version:      2.5.0\nCodename:     Muster 0.1.0");
            return 0;
        }
        Optional<String> file = TraefikSettings.file(args);
        String text;
        try {
            text = file.isPresent() ? Files.readString(Path.of(file.get())) : "";
        } catch (IOException e) {
            System.err.println("command traefik error: can't read " + file.get() + ": " + e.getMessage());
            return 1;
        }
        TraefikSettings settings = TraefikSettings.read(args, System.getenv(), file.orElse(""), text);
        if (settings.config().isEmpty()) {
            settings.problems().forEach(problem -> System.err.println("command traefik error: " + problem));
            return 1;
        }
        TraefikConfig config = settings.config().get();
        String address = config.provider().map(provider -> provider.scheme() + "://" + provider.address()).orElse("http://127.0.0.1:8500");
        String token = config.provider().map(TraefikConfig.Provider::token).orElse("");
        return stay(address, token, (registry, vertx) -> {
            TraefikBalancer balancer = TraefikBalancer.start(config, registry, vertx, eventLoops(), InstantSource.system());
            System.out.println("==> traefik started");
            return balancer;
        });
    }

    /** A program that needs a registry and runs until a signal comes. */
    private interface Service {
        AutoCloseable start(RegistryClient registry, Vertx vertx) throws IOException, InterruptedException;
    }

    private static int stay(String registryAddress, String token, Service service) throws InterruptedException {
        logging();
        Vertx vertx = Transports.vertx();
        HttpRegistryClient registry = new HttpRegistryClient(
                HttpRegistrySettings.of(registryAddress).withToken(token), InstantSource.system(), new SharedRandom());
        AutoCloseable running;
        try {
            running = service.start(registry, vertx);
        } catch (IOException | IllegalStateException e) {
            System.err.println("==> " + e.getMessage());
            registry.close();
            return 1;
        }
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> {
            try {
                running.close();
            } catch (Exception e) {
                System.err.println("==> closing failed: " + e);
            }
            registry.close();
            System.out.flush();
            Runtime.getRuntime().halt(0);
        }));
        System.out.flush();
        new CountDownLatch(1).await();
        return 0;
    }

    private static void logging() {
        try {
            new Logging(AgentOptions.Log.USUAL);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static int eventLoops() {
        return Math.max(2, Runtime.getRuntime().availableProcessors());
    }
}
