using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Engine.Mbufs.Bench.Report;

/// <summary>The page: everything that it needs is in it, and nothing of it is a program.</summary>
internal static class ReportPage
{
    private const string Title = "Performance of the engine";

    public static string Make(IReadOnlyList<ReportSection> sections)
    {
        List<(ReportSection Section, string Anchor)> anchored =
            [.. sections.Select(static (section, number) => (section, $"{section.Kind}-{number + 1}"))];
        XElement page = Html.Element(
            "html",
            Html.Attribute("lang", "en"),
            Html.Element(
                "head",
                Html.Element("meta", Html.Attribute("charset", "utf-8")),
                Html.Element("meta", Html.Attribute("name", "viewport"), Html.Attribute("content", "width=device-width")),
                Html.Element("meta", Html.Attribute("name", "color-scheme"), Html.Attribute("content", "light dark")),
                Html.Element("title", Title),
                Html.Element("style", ReportStyle.Text)),
            Html.Element(
                "body",
                Html.Element("h1", Title),
                Contents(anchored),
                Html.Element("main", [.. anchored.Select(static entry => Section(entry.Section, entry.Anchor))])));
        return "<!DOCTYPE html>\n" + ToText(page) + "\n";
    }

    private static XElement Contents(List<(ReportSection Section, string Anchor)> sections) => Html.Element(
        "nav",
        Html.Attribute("aria-label", "Contents"),
        Html.Element("ul", [.. sections.Select(static entry => Html.Element(
            "li",
            Html.Element("a", Html.Attribute("href", "#" + entry.Anchor), entry.Section.Title),
            Html.Element("p", entry.Section.Summary)))]));

    private static XElement Section(ReportSection section, string anchor)
    {
        XElement element = Html.Element(
            "section",
            Html.Attribute("id", anchor),
            Html.Element("h2", section.Title),
            Html.Element("p", Html.Attribute("class", "summary"), section.Summary),
            Html.Element("p", section.Explanation),
            Html.Element("pre", Html.Element("code", section.Command)));
        if (section.Machine is not null)
        {
            element.Add(Html.Element("p", Html.Attribute("class", "machine"), section.Machine.ToString()));
        }

        foreach (ReportPart part in section.Parts)
        {
            element.Add(Html.Element("h3", part.Heading));
            if (part.Figures.Count > 0)
            {
                element.Add(Html.Element(
                    "div",
                    Html.Attribute("class", "figures"),
                    part.Figures.Select(static figure => Html.Element(
                        "figure", Html.Attribute("class", figure.Attribute("class")?.Value ?? "narrow"), figure))));
            }

            element.Add(part.Table.ToHtml(part.Heading));
        }

        return element;
    }

    private static string ToText(XElement page)
    {
        var text = new StringBuilder();
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true }))
        {
            page.Save(writer);
        }

        return text.ToString();
    }
}
