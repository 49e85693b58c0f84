/* explain/translate.c - replaces the phrases of shells in other languages with the English ones.
 * Sources: the catalogues of bash and the C library, cmd.exe and PowerShell. */
#include "translate.h"

#include <string.h>

static const struct phrase {
	const char *foreign, *english;
} phrases[] = {
	/* A French colon has a blank before it. */
	{" : commande introuvable", ": command not found"},
	{"commande introuvable", "command not found"},
	{" : Aucun fichier ou dossier de ce ", ": No such file or directory "},
	{"Aucun fichier ou dossier de ce ", "No such file or directory "},
	{" : Permission non accordée", ": Permission denied"},
	{"Permission non accordée", "Permission denied"},
	{" : est un dossier", ": Is a directory"},
	{" : n'est pas un dossier", ": Not a directory"},
	{" : redirection ambiguë", ": ambiguous redirect"},
	{"fin de fichier prématurée", "unexpected end of file"},
	{"Aucun espace disponible sur le périphérique", "No space left on device"},
	{"Connexion refusée", "Connection refused"},
	{"erreur de syntaxe", "syntax error"},
	{"Kommando nicht gefunden", "command not found"},
	{"Befehl wurde nicht gefunden", "command not found"},
	{"Befehl nicht gefunden", "command not found"},
	{"Datei oder Verzeichnis nicht gefunden", "No such file or directory"},
	{"Keine Berechtigung", "Permission denied"},
	{"Ist ein Verzeichnis", "Is a directory"},
	{"Syntaxfehler", "syntax error"},
	{"Ist kein Verzeichnis", "Not a directory"},
	{"Mehrdeutige Umlenkung", "ambiguous redirect"},
	{"mehrdeutige Umlenkung", "ambiguous redirect"},
	{"Unerwartetes Dateiende", "unexpected end of file"},
	{"unerwartetes Dateiende", "unexpected end of file"},
	{"Auf dem Gerät ist kein Speicherplatz mehr verfügbar", "No space left on device"},
	{"Verbindungsaufbau abgelehnt", "Connection refused"},
	{"Dateiende beim Suchen nach", "unexpected EOF while looking for matching"},
	{"orden no encontrada", "command not found"},
	{"no se encontró la orden", "command not found"},
	{"No existe el archivo o el directorio", "No such file or directory"},
	{"No existe el fichero o el directorio", "No such file or directory"},
	{"Permiso denegado", "Permission denied"},
	{"Es un directorio", "Is a directory"},
	{"No es un directorio", "Not a directory"},
	{"redirección ambigua", "ambiguous redirect"},
	{"no se esperaba el final del fichero", "unexpected end of file"},
	{"No queda espacio en el dispositivo", "No space left on device"},
	{"Conexión rehusada", "Connection refused"},
	{"error sintáctico", "syntax error"},
	{"comando non trovato", "command not found"},
	{"File o directory non esistente", "No such file or directory"},
	{"Permesso negato", "Permission denied"},
	{"errore di sintassi", "syntax error"},
	{"comando não encontrado", "command not found"},
	{"Arquivo ou diretório inexistente", "No such file or directory"},
	{"Ficheiro ou pasta inexistente", "No such file or directory"},
	{"Permissão negada", "Permission denied"},
	{"erro de sintaxe", "syntax error"},
	/* cmd.exe and PowerShell */
	{"ist entweder falsch geschrieben oder", "is not recognized as"},
	{"wurde nicht als Name", "is not recognized as the name"},
	{"n'est pas reconnu en tant que", "is not recognized as"},
	{"n’est pas reconnu en tant que", "is not recognized as"},
	{"n'est pas reconnu comme", "is not recognized as"},
	{"no se reconoce como", "is not recognized as"},
	{"non è riconosciuto come", "is not recognized as"},
	{"não é reconhecido como", "is not recognized as"},
	{"Das Token \"&&\" ist in dieser Version kein gültiges Anweisungstrennzeichen",
		"The token '&&' is not a valid statement separator"},
	{"Le jeton « && » n’est pas un séparateur d’instruction valide",
		"The token '&&' is not a valid statement separator"},
	{"El token '&&' no es un separador de instrucciones válido",
		"The token '&&' is not a valid statement separator"},
	{"Das System kann den angegebenen Pfad nicht finden",
		"The system cannot find the path specified"},
	{"Das System kann die angegebene Datei nicht finden",
		"The system cannot find the file specified"},
	{"Le chemin d’accès spécifié est introuvable", "The system cannot find the path specified"},
	{"Le fichier spécifié est introuvable", "The system cannot find the file specified"},
	{"El sistema no puede encontrar la ruta especificada",
		"The system cannot find the path specified"},
	{"El sistema no puede encontrar el archivo especificado",
		"The system cannot find the file specified"},
	/* fish */
	{"fish: Unbekannter Befehl", "fish: Unknown command"},
	{"fish: Commande inconnue", "fish: Unknown command"},
	{"fish: Orden desconocida", "fish: Unknown command"},
};

/* Words for "line" between the shell's name and a number: "bash: Zeile 3: ". */
static const struct phrase counts[] = {
	{": Zeile ", ": line "},
	{" : ligne ", ": line "},
	{": ligne ", ": line "},
	{": línea ", ": line "},
	{": riga ", ": line "},
	{": linha ", ": line "},
};

static const struct phrase *find_phrase(
	const struct phrase *list, size_t count, const char *at, bool needs_digit)
{
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(list[i].foreign);
		if (text_starts(at, list[i].foreign) &&
			(!needs_digit || (at[length] >= '0' && at[length] <= '9')))
			return &list[i];
	}
	return NULL;
}

void translate_line(const char *line, struct buf *out)
{
	while (*line != '\0') {
		const struct phrase *found =
			find_phrase(phrases, ARRAY_LENGTH(phrases), line, false);
		if (found == NULL)
			found = find_phrase(counts, ARRAY_LENGTH(counts), line, true);
		buf_add_text(out, found != NULL ? found->english : "");
		if (found == NULL)
			buf_add_char(out, *line);
		line += found != NULL ? strlen(found->foreign) : 1;
	}
}
