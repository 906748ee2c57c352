package muster.template.function;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import muster.template.dependency.Values;
import muster.template.language.Function;
import muster.template.language.FunctionException;

/** All functions beyond Go's own. To add one, add an entry to the list of its family. */
public final class FunctionTable {
    private static final List<Function> STATELESS = concat(List.of(
            TextFunctions.LIST, NumberFunctions.LIST, MathFunctions.LIST, CollectionFunctions.LIST, EncodingFunctions.LIST,
            SprigFunctions.LIST, SprigStrings.LIST, SprigNumbers.LIST, SprigMaps.LIST, SprigLists.LIST,
            SprigRegex.LIST, SprigMore.LIST, SpewFunctions.LIST));
    private static final Set<String> NAMES = list(
            new Context(Values.NONE, new Context.Settings(Map.of(), List.of(), Outside.NOTHING), Instant.EPOCH))
            .stream().map(Function::name).collect(Collectors.toUnmodifiableSet());

    private FunctionTable() {}

    /** Their names, for the parser. */
    public static Set<String> names() {
        return NAMES;
    }

    /** The functions for one execution; those that the settings deny fail when called. */
    public static List<Function> list(Context context) {
        List<Function> all = new ArrayList<>(STATELESS);
        all.addAll(QueryFunctions.list(context));
        all.addAll(LocalFunctions.list(context));
        all.addAll(ApiFunctions.list(context));
        List<Pattern> denied = context.settings().denied().stream().map(FunctionTable::glob).toList();
        if (!denied.isEmpty()) {
            all.replaceAll(function -> denied.stream().anyMatch(glob -> glob.matcher(function.name()).matches())
                    ? disabled(function) : function);
        }
        return all;
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
