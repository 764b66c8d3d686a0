package dev.migrator.cli;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option by which a person says what PostgreSQL does not tell. */
final class FreeSpace {
    private static final Pattern SIZE =
            Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?) ?([kMGT]B)", Pattern.CASE_INSENSITIVE);
    private static final Map<String, Integer> POWERS = Map.of("KB", 1, "MB", 2, "GB", 3, "TB", 4);

    @Option(
            names = "--free-space",
            paramLabel = "SIZE",
            description =
                    "How much is free on the server's disk, e.g. 20GB: a migration that needs more is refused. Left out:"
                            + " looked up if the server runs on this machine and its files can be seen.")
    private @Nullable String size;

    OptionalLong bytes() {
        return Optional.ofNullable(size)
                .map(text -> OptionalLong.of(parse(text)))
                .orElseGet(OptionalLong::empty);
    }

    private static long parse(String text) {
        Matcher matcher = SIZE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new UsageException("--free-space is '" + text + "'; write it as 500MB, 20GB or 1.5TB");
        }
        int power = POWERS.getOrDefault(matcher.group(2).toUpperCase(Locale.ROOT), 0);
        return new BigDecimal(matcher.group(1))
                .multiply(BigDecimal.valueOf(1024).pow(power))
                .longValue();
    }
}
