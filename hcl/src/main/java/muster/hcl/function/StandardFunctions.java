package muster.hcl.function;

import java.time.InstantSource;
import java.util.Map;
import java.util.random.RandomGenerator;
import muster.hcl.Function;

/** HCL's standard functions, as Nomad's job files know them. */
public final class StandardFunctions {
    private StandardFunctions() {}

    /** By name. {@code clock} serves {@code timestamp}, {@code random} serves {@code uuidv4}; both are used by the calling thread. */
    public static Map<String, Function> create(InstantSource clock, RandomGenerator random) {
        Definitions definitions = new Definitions();
        SyntaxFunctions.define(definitions);
        NumberFunctions.define(definitions);
        TextFunctions.define(definitions);
        FormatFunctions.define(definitions);
        ListFunctions.define(definitions);
        SetFunctions.define(definitions);
        MapFunctions.define(definitions);
        EncodingFunctions.define(definitions);
        CryptoFunctions.define(definitions, random);
        NetworkFunctions.define(definitions);
        TimeFunctions.define(definitions, clock);
        return definitions.all();
    }
}
