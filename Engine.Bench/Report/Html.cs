using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Engine.Mbufs.Bench.Report;

/// <summary>
/// Elements of a page as XML, which escapes what they hold: text from a file can become nothing but text.
/// </summary>
internal static class Html
{
    private static readonly string[] s_void = ["meta", "br", "hr"];

    /// <summary>An element; strings become text. One that may be empty in HTML is closed as HTML wants it.</summary>
    public static XElement Element(string name, params object?[] content)
    {
        var element = new XElement(name, [.. content.Select(static item => item is string text ? Clean(text) : item)]);
        if (element.IsEmpty && !s_void.Contains(name))
        {
            element.Add("");
        }

        return element;
    }

    public static XAttribute Attribute(string name, string value) => new(name, Clean(value));

    /// <summary>The text without characters that no page can hold.</summary>
    public static string Clean(string text)
    {
        if (text.All(XmlConvert.IsXmlChar))
        {
            return text;
        }

        var clean = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool isGood = rune.Utf16SequenceLength > 1 || XmlConvert.IsXmlChar((char)rune.Value);
            clean.Append(isGood ? rune.ToString() : "\uFFFD");
        }

        return clean.ToString();
    }
}
