package muster.template.function;

import static muster.template.language.Type.Basic.ANY;

import java.util.List;
import java.util.stream.Stream;
import muster.template.language.Function;
import muster.template.language.FunctionException;

/**
 * consul-template's functions that run programs, write files, or ask systems that are not there. Calling one is an error
 * that says so; a template that does not reach it is fine.
 */
final class RefusedFunctions {
    static final List<Function> LIST = Stream.concat(
                    Stream.of("plugin", "writeToFile", "spew_dump", "spew_printf", "spew_sdump", "spew_sprintf")
                            .map(name -> refused(name,
                                    "function is disabled: templates run no programs and write no files but their own")),
                    Stream.of("secret", "secrets", "pkiCert", "nomadService", "nomadServices", "nomadVar", "nomadVarExists",
                                    "nomadVarList", "nomadVarListSafe", "connect", "caRoots", "caLeaf", "partitions", "peerings",
                                    "exportedServices", "importedServices", "sockaddr")
                            .map(name -> refused(name,
                                    "there is no source for it here; only Consul's catalog, health and KV store are read")))
            .toList();

    private RefusedFunctions() {}

    private static Function refused(String name, String why) {
        return Function.variadic(name, List.of(), ANY, arguments -> {
            throw new FunctionException(name + ": " + why);
        });
    }
}
