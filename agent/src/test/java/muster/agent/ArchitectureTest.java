package muster.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The arrows between modules and packages, as ARCHITECTURE.md draws them. A new arrow is a decision, made here and there. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("muster");

    /** Which module may use which; agent may use all. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry("wire", Set.of()),
            Map.entry("raft", Set.of()),
            Map.entry("hcl", Set.of("wire")),
            Map.entry("http", Set.of("wire")),
            Map.entry("registry.client", Set.of("wire")),
            Map.entry("checks", Set.of("wire", "registry.client")),
            Map.entry("registry", Set.of("wire", "raft", "hcl", "http", "registry.client", "checks")),
            Map.entry("dns", Set.of("wire", "registry.client", "hcl")),
            Map.entry("template", Set.of("wire", "registry.client", "hcl")),
            Map.entry("lb", Set.of("wire", "http", "ui", "registry.client", "hcl")),
            Map.entry("scheduler", Set.of("wire", "raft", "hcl", "http", "registry.client", "checks", "template")),
            Map.entry("ui", Set.of("wire", "http")),
            Map.entry("cli", Set.of("wire", "hcl", "scheduler", "registry.client", "template")),
            Map.entry("examples", Set.of("wire")),
            Map.entry("testkit", Set.of("wire")));

    private static final List<String> NETWORK_ENGINES = List.of("io.vertx.", "io.netty.");

    /** Packages that decide and do nothing else. */
    private static final List<String> PURE = List.of("muster.registry.state", "muster.wire.filter", "muster.lb.route",
            "muster.scheduler.reconcile", "muster.scheduler.placement", "muster.scheduler.plan", "muster.scheduler.scaling", "muster.scheduler.diff",
            "muster.template.language", "muster.dns.name", "muster.hcl", "muster.wire");

    @Test
    void modulesUseOnlyWhatTheyMay() {
        Set<String> forbidden = new TreeSet<>();
        for (JavaClass from : CLASSES) {
            String module = module(from.getPackageName());
            if (module.equals("agent")) {
                continue;
            }
            from.getDirectDependenciesFromSelf().forEach(dependency -> {
                String target = module(dependency.getTargetClass().getPackageName());
                if (!target.isEmpty() && !target.equals(module) && !ARROWS.getOrDefault(module, Set.of()).contains(target)) {
                    forbidden.add(module + " -> " + target + ": " + dependency.getDescription());
                }
            });
        }
        assertThat(forbidden).isEmpty();
    }

    /** The commands start fast because they load job files and nothing else of the scheduler. */
    @Test
    void commandsUseTheSchedulersJobFilesAlone() {
        Set<String> forbidden = new TreeSet<>();
        CLASSES.stream().filter(from -> module(from.getPackageName()).equals("cli")).forEach(from ->
                from.getDirectDependenciesFromSelf().forEach(dependency -> {
                    String target = dependency.getTargetClass().getPackageName();
                    if (target.startsWith("muster.scheduler") && !target.equals("muster.scheduler.job")) {
                        forbidden.add(dependency.getDescription());
                    }
                }));
        assertThat(forbidden).isEmpty();
    }

    @Test
    void packagesFormNoCycles() {
        SlicesRuleDefinition.slices().matching("muster.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void pureCodeTouchesNoClockThreadSocketOrFile() {
        Map<String, Set<String>> found = new TreeMap<>();
        for (JavaClass from : CLASSES) {
            if (!PURE.contains(from.getPackageName())) {
                continue;
            }
            from.getDirectDependenciesFromSelf().forEach(dependency -> {
                String target = dependency.getTargetClass().getName();
                if (isImpure(target)) {
                    found.computeIfAbsent(from.getPackageName(), p -> new TreeSet<>()).add(dependency.getDescription());
                }
            });
            from.getMethodCallsFromSelf().forEach(call -> {
                String owner = call.getTargetOwner().getName();
                boolean clock = owner.equals("java.time.Instant") && call.getName().equals("now")
                        || owner.equals("java.lang.System") && call.getName().matches("currentTimeMillis|nanoTime|getenv")
                        || owner.equals("java.util.UUID") && call.getName().equals("randomUUID")
                        || owner.equals("java.lang.Math") && call.getName().equals("random");
                if (clock) {
                    found.computeIfAbsent(from.getPackageName(), p -> new TreeSet<>()).add(call.getDescription());
                }
            });
        }
        assertThat(found).isEmpty();
    }

    private static boolean isImpure(String type) {
        return type.equals("java.lang.Thread") || type.startsWith("java.net.Socket") || type.equals("java.nio.file.Files")
                || type.startsWith("java.util.concurrent.Executor") || type.equals("java.util.concurrent.ThreadLocalRandom")
                || NETWORK_ENGINES.stream().anyMatch(type::startsWith);
    }

    private static String module(String packageName) {
        Map<String, String> prefixes = new LinkedHashMap<>();
        prefixes.put("muster.registry.client", "registry.client");
        for (Map.Entry<String, String> prefix : prefixes.entrySet()) {
            if (packageName.startsWith(prefix.getKey())) {
                return prefix.getValue();
            }
        }
        return packageName.startsWith("muster.") ? packageName.split("\\.")[1] : "";
    }
}
