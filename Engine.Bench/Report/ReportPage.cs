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

/// <summary>How the page looks, by day and by night. No character in it needs escaping, since XML is written around it.</summary>
internal static class ReportStyle
{
    public const string Text = """

        :root {
          --page: #fcfcfb; --card: #ffffff; --ink: #0b0b0b; --soft: #52514e; --faint: #898781; --hair: #e4e3df; --rule: #c3c2b7;
          --good: #0a8f0a; --fair: #d99a00; --bad: #d03b3b; --plain: #2a78d6;
          --o0: #86b6ef; --o1: #5598e7; --o2: #2a78d6; --o3: #1c5cab; --o4: #0d366b;
          --s0: #2a78d6; --s1: #eb6834; --s2: #1baf7a; --s3: #d29000; --s4: #4a3aa7; --s5: #e34948;
          --s6: #e87ba4; --s7: #008300;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #121211; --card: #1a1a19; --ink: #ffffff; --soft: #c3c2b7; --faint: #898781; --hair: #2c2c2a; --rule: #4a4945;
            --good: #0ca30c; --fair: #fab219; --bad: #e66767; --plain: #3987e5;
            --o0: #1c5cab; --o1: #2a78d6; --o2: #5598e7; --o3: #9ec5f4; --o4: #cde2fb;
            --s0: #3987e5; --s1: #d95926; --s2: #199e70; --s3: #c98500; --s4: #9085e9; --s5: #e66767;
            --s6: #d55181; --s7: #1fa01f;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 1320px; padding: 32px 28px 80px; background: var(--page); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
        h1 { font-size: 28px; font-weight: 650; margin: 0 0 16px; letter-spacing: -0.01em; }
        h2 { font-size: 22px; font-weight: 650; margin: 64px 0 8px; padding-top: 16px; border-top: 1px solid var(--rule); }
        h3 { font-size: 16px; font-weight: 600; margin: 40px 0 12px; }
        p { max-width: 80ch; margin: 8px 0; color: var(--soft); }
        p.summary { color: var(--ink); font-size: 17px; }
        p.machine { font-size: 13px; color: var(--faint); }
        a { color: var(--plain); }
        nav ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 12px;
          grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); }
        nav li { background: var(--card); border: 1px solid var(--hair); border-radius: 8px; padding: 14px 16px; }
        nav a { font-weight: 600; text-decoration: none; }
        nav p { margin: 4px 0 0; font-size: 13.5px; }
        pre { background: var(--card); border: 1px solid var(--hair); border-radius: 6px; padding: 10px 14px; overflow-x: auto;
          font-size: 13px; margin: 12px 0; }
        .figures { display: grid; gap: 16px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 380px), 1fr)); }
        @media (min-width: 900px) { figure.wide { grid-column: span 2; } figure.tall { grid-column: 1 / -1; } }
        figure { margin: 0; background: var(--card); border: 1px solid var(--hair); border-radius: 8px; padding: 16px; }
        figure svg { display: block; width: 100%; height: auto; max-width: 920px; }
        figure.wide { overflow-x: auto; }
        figure.wide svg { min-width: 640px; }
        .scroll { overflow-x: auto; margin-top: 16px; }
        table { border-collapse: collapse; font-size: 13px; min-width: 60%; }
        caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        th, td { padding: 5px 8px; text-align: left; white-space: nowrap; border-bottom: 1px solid var(--hair); }
        thead th { color: var(--soft); font-weight: 600; border-bottom-color: var(--rule); }
        tbody th { font-weight: 500; }
        .number { text-align: right; font-variant-numeric: tabular-nums; }
        tbody tr:hover { background: var(--hair); }
        svg text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--soft); }
        svg .title { font-size: 14px; font-weight: 600; fill: var(--ink); }
        svg .label { fill: var(--ink); }
        svg .value { fill: var(--ink); font-variant-numeric: tabular-nums; }
        svg .tick { fill: var(--faint); font-size: 11.5px; font-variant-numeric: tabular-nums; }
        svg .middle { text-anchor: middle; }
        svg .end { text-anchor: end; }
        svg .grid { stroke: var(--hair); stroke-width: 1; }
        svg .base { stroke: var(--rule); stroke-width: 1; }
        svg .reference { stroke: var(--soft); stroke-width: 1.5; }
        svg .limit { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 5 4; }
        svg .whisker { stroke: var(--ink); stroke-width: 1.5; }
        svg .must { stroke: var(--ink); stroke-width: 2.5; }
        svg .goal { stroke: var(--ink); stroke-width: 2; stroke-dasharray: 3 3; }
        svg .good { fill: var(--good); } svg .fair { fill: var(--fair); } svg .bad { fill: var(--bad); }
        svg .plain { fill: var(--plain); }
        svg .hit { fill: transparent; }
        svg g:hover .hit { fill: var(--faint); fill-opacity: 0.12; }
        svg .curve { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        svg .point { stroke: var(--card); stroke-width: 1.5; }
        svg .spread { stroke-width: 2; stroke-opacity: 0.55; }
        svg .curve, svg .spread { stroke: var(--own); } svg .point { fill: var(--own); }
        svg .s0 { --own: var(--s0); } svg .s1 { --own: var(--s1); } svg .s2 { --own: var(--s2); } svg .s3 { --own: var(--s3); }
        svg .s4 { --own: var(--s4); } svg .s5 { --own: var(--s5); } svg .s6 { --own: var(--s6); } svg .s7 { --own: var(--s7); }
        svg .o0 { --own: var(--o0); } svg .o1 { --own: var(--o1); } svg .o2 { --own: var(--o2); } svg .o3 { --own: var(--o3); }
        svg .o4 { --own: var(--o4); }

        """;
}
