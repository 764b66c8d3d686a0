package dev.migrator.maven;

import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.MojoFailureException;
import org.jspecify.annotations.Nullable;

/** What stands after {@code migrator} on the command's line. No password is ever among it. */
final class Arguments {
    private final List<String> options = new ArrayList<>();
    private final List<String> positions = new ArrayList<>();

    Arguments(String command) {
        options.add(command);
    }

    /** An option, if it has a value. */
    Arguments option(String name, @Nullable String value) {
        if (isGiven(value)) {
            options.add("--" + name + "=" + value);
        }
        return this;
    }

    /** An option without a value. */
    Arguments flag(String name, boolean given) {
        if (given) {
            options.add("--" + name);
        }
        return this;
    }

    /** What stands without the name of an option, if any of it is given. */
    Arguments positions(@Nullable List<String> values) {
        if (values != null) {
            values.stream().filter(Arguments::isGiven).map(String::strip).forEach(positions::add);
        }
        return this;
    }

    /** The same, of which there must be one. */
    Arguments position(String parameter, @Nullable String value) throws MojoFailureException {
        positions.add(required(parameter, value).strip());
        return this;
    }

    /** An option that must have a value. */
    Arguments requiredOption(String parameter, @Nullable String value) throws MojoFailureException {
        return option(parameter, required(parameter, value));
    }

    private static String required(String parameter, @Nullable String value) throws MojoFailureException {
        if (value == null || value.isBlank()) {
            throw new MojoFailureException("The parameter " + parameter + " is missing; give it with -Dmigrator."
                    + parameter + "=… Nothing was done.");
        }
        return value;
    }

    private static boolean isGiven(@Nullable String value) {
        return value != null && !value.isBlank();
    }

    /** All of it; what begins with a dash is no option behind {@code --}. */
    List<String> all() {
        List<String> all = new ArrayList<>(options);
        if (!positions.isEmpty()) {
            all.add("--");
            all.addAll(positions);
        }
        return List.copyOf(all);
    }
}
