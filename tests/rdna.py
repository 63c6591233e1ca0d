"""Stand-ins for rDNA: the signatures and checks of its functions, which note what they are given.

The real package needs its proprietary jar; what is tested here is that `load.R` calls what rDNA
3.1.1 and 2.1 export, with arguments they take, and values they do not refuse.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

_COMMON = """
note <- function(...) cat(..., "\\n", sep = "|", file = Sys.getenv("RDNA_LOG"), append = TRUE)
checked <- function(document, start, stop, coder, values) {
  if (!is.numeric(document) || !is.numeric(start) || !is.numeric(stop)) stop("not numeric")
  if (start < 0 || stop <= start) stop("'endCaret' must be greater than 'startCaret'")
  for (x in values) {
    if (!class(x) %in% c("character", "integer", "logical")) stop("wrong class")
    if (length(x) != 1 || is.na(x)) stop("wrong value")
  }
  if (!values$agreement %in% c(0L, 1L)) stop("no boolean")
  if (values$person == "Refused") return(-1L)
  do.call(note, c(list("statement", document, start, stop), values))
  11L
}
"""
_NEW = """
dna_init <- function(jarfile = "dna.jar", jvm_args = NULL, returnString = FALSE) note("init")
dna_openDatabase <- function(db_url, coderId = 1, coderPassword = "", db_type = "sqlite",
                             db_name = "", db_port = -1, db_login = "", db_password = "") {
  if (!file.exists(db_url)) stop("Database file not found.")
  note("open", coderId, coderPassword)
  q <- coderPassword != "wrong"
}
dna_closeDatabase <- function() note("close")
dna_getVariables <- function(statementType) {
  data.frame(id = 1:4, label = c("person", "organization", "concept", "agreement"))
}
dna_addDocuments <- function(coder_id = 1, title = "", text = "", author = "", source = "",
                             section = "", type = "", notes = "", date_time = Sys.time()) {
  n <- length(title)
  for (x in list(text, author, source, section, type, notes)) {
    if (!is.character(x) || length(x) != n) stop("not a character vector of the same length")
  }
  if (!("POSIXct" %in% class(date_time)) || length(date_time) != n) stop("no date")
  if (any(is.na(date_time))) stop("no date")
  for (i in seq_len(n)) note("document", title[i], text[i], format(date_time[i], "%Y-%m-%d"))
  100L + seq_len(n)
}
dna_addStatement <- function(documentID, startCaret = 0, endCaret = 1,
                             statementType = "DNA Statement", coder = 1, ...) {
  checked(documentID, startCaret, endCaret, coder, list(...))
}
"""
_OLD = """
dna_init <- function(jarfile = NULL, memory = 1024, returnString = FALSE) note("init")
dna_connection <- function(infile, login = NULL, password = NULL, create = FALSE, verbose = TRUE) {
  note("connection", create)
  structure(list(), class = "dna_connection")
}
dna_addDocument <- function(connection, title = "", text = "", coder = 1, author = "", source = "",
                            section = "", notes = "", type = "", date = Sys.time(),
                            returnID = FALSE, verbose = TRUE) {
  if (!inherits(connection, "dna_connection") || !inherits(date, "POSIXct")) stop("no")
  note("document", title, text, format(date, "%Y-%m-%d"))
  7L
}
dna_addStatement <- function(connection, documentID, startCaret = 1, endCaret = 2,
                             statementType = "DNA Statement", coder = 1, returnID = FALSE,
                             verbose = TRUE, ...) {
  if (!inherits(connection, "dna_connection")) stop("no connection")
  id <- checked(documentID, startCaret, endCaret, coder, list(...))
  if (returnID == TRUE) return(id)
}
"""
VERSIONS = {"3.1.1": _NEW, "2.1.18": _OLD, "3.0.11": _NEW.split("dna_addDocuments <-")[0]}


def install(library: Path, version: str) -> None:
    """Install the stand-in of a version into an R library."""
    source = library.parent / f"source-{version}" / "rDNA"
    (source / "R").mkdir(parents=True)
    (source / "DESCRIPTION").write_text(
        f"Package: rDNA\nVersion: {version}\nTitle: Stand-In\nDescription: For a test.\n"
        "License: GPL-3\nAuthor: nobody\nMaintainer: nobody <n@example.org>\n"
    )
    (source / "NAMESPACE").write_text('exportPattern("^dna_")\n')
    (source / "R" / "rDNA.R").write_text(_COMMON + VERSIONS[version])
    library.mkdir()
    command = ["R", "CMD", "INSTALL", "--no-docs", "--no-test-load", f"--library={library}"]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=120)
