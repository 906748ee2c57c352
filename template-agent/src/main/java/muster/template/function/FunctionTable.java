package muster.template.function;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import muster.template.dependency.Values;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.Functions;

/** All functions beyond Go's own. To add one, add an entry to the list of its family. */
public final class FunctionTable {
    private static final List<Function> STATELESS = concat(List.of(
            TextFunctions.LIST, NumberFunctions.LIST, MathFunctions.LIST, CollectionFunctions.LIST, EncodingFunctions.LIST,
            SprigFunctions.LIST, SprigStrings.LIST, SprigNumbers.LIST, SprigMaps.LIST, SprigLists.LIST,
            SprigRegex.LIST, SprigDates.LIST, SprigMore.LIST, SprigCrypto.LIST, SpewFunctions.LIST));
    private static final Set<String> NAMES = Stream.concat(STATELESS.stream(), contextual(
            new Context(Values.NONE, new Context.Settings(Map.of(), List.of(), Outside.NOTHING), Instant.EPOCH)).stream())
            .map(Function::name).collect(Collectors.toUnmodifiableSet());

    private FunctionTable() {}

    /** Their names, for the parser. */
    public static Set<String> names() {
        return NAMES;
    }

    private static final Map<String, Function> STATELESS_BY_NAME = byName(STATELESS);

    /** The functions for one execution; those that the settings deny fail when called. Made as far as they are asked for. */
    public static Functions of(Context context) {
        List<Pattern> denied = context.settings().denied().stream().map(FunctionTable::glob).toList();
        return new Functions() {
            private Map<String, Function> contextual = Map.of();

            @Override
            public Function named(String name) {
                Function function = STATELESS_BY_NAME.get(name);
                if (function == null && NAMES.contains(name)) {
                    contextual = contextual.isEmpty() ? byName(contextual(context)) : contextual;
                    function = contextual.get(name);
                }
                return function != null && denied.stream().anyMatch(glob -> glob.matcher(name).matches()) ? disabled(function) : function;
            }
        };
    }

    /** Those that read or do something for this execution. */
    private static List<Function> contextual(Context context) {
        List<Function> all = new ArrayList<>(QueryFunctions.list(context));
        all.addAll(LocalFunctions.list(context));
        all.addAll(ApiFunctions.list(context));
        all.add(SprigDates.ago(context.now()));
        all.addAll(SprigRandom.list(context));
        all.addAll(SprigCertificates.list(context));
        return all;
    }

    private static Map<String, Function> byName(List<Function> functions) {
        Map<String, Function> byName = new HashMap<>();
        functions.forEach(function -> byName.put(function.name(), function));
        return byName;
    }

    static Function disabled(Function function) {
        return new Function(function.name(), function.parameters(), function.variadic(), arguments -> {
            throw new FunctionException("function is disabled");
        });
    }

    private static Pattern glob(String glob) {
        return Pattern.compile(Pattern.quote(glob).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q"));
    }

    /** Later lists may not repeat a name: that would be a mistake here, found by the first use. */
    private static List<Function> concat(List<List<Function>> lists) {
        Map<String, Function> byName = new HashMap<>();
        List<Function> all = new ArrayList<>();
        for (List<Function> list : lists) {
            for (Function function : list) {
                if (byName.put(function.name(), function) != null) {
                    throw new IllegalStateException("two functions are named " + function.name());
                }
                all.add(function);
            }
        }
        return List.copyOf(all);
    }
}
