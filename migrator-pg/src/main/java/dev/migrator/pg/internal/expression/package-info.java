/** SQL that users wrote, judged by the server on a throw-away copy of the table before anything is changed. */
@NullMarked
package dev.migrator.pg.internal.expression;

import org.jspecify.annotations.NullMarked;
